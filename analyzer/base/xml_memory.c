#include "analyzer/base/xml_memory.h"

#include <libxml/xmlmemory.h>

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "analyzer/base/memory.h"

static void *
resize_memory(void *block, size_t size)
{
	return mem_resize(block, size, 1);
}

static char *
copy_chars(const char *chars)
{
	size_t size = strlen(chars) + 1;

	return memcpy(mem_take(size), chars, size);
}

void
xml_share_memory(void)
{
	static bool is_shared;
	int problem = is_shared ? 0 : xmlMemSetup(mem_free, mem_take, resize_memory, copy_chars);

	assert(problem == 0);
	(void)problem;
	is_shared = true;
}
