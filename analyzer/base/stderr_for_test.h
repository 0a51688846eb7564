/* What a test makes the program say on standard error. */
#ifndef SMBTRIAGE_BASE_STDERR_FOR_TEST_H
#define SMBTRIAGE_BASE_STDERR_FOR_TEST_H

#include <check.h>
#include <stdio.h>
#include <unistd.h>

/* Standard error while a test writes to it. */
static FILE *caught;
static int original;

static inline void
catch_stderr(void)
{
	fflush(stderr); /* a library may have left something, and made it a buffered stream */
	setvbuf(stderr, NULL, _IONBF, 0);
	caught = tmpfile();
	ck_assert_ptr_nonnull(caught);
	original = dup(STDERR_FILENO);
	ck_assert_int_ge(dup2(fileno(caught), STDERR_FILENO), 0);
}

/* What was written meanwhile; standard error is as it was. */
static inline void
release_stderr(char *ret, size_t size)
{
	size_t length;

	fflush(stderr);
	dup2(original, STDERR_FILENO);
	close(original);
	rewind(caught);
	length = fread(ret, 1, size - 1, caught);
	ret[length] = '\0';
	fclose(caught);
}

#endif
