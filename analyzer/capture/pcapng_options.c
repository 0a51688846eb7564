#include "analyzer/capture/pcapng_options.h"

#include "analyzer/base/basics.h"

#define NS_PER_S 1000000000

enum pcapng_step
pcapng_name_next(struct cursor *list, bool is_big_endian, struct pcapng_option *ret)
{
	struct pcapng_option option;
	uint16_t length;

	if (cur_left(list) == 0)
		return PCAPNG_END;
	option.code = is_big_endian ? cur_be16(list) : cur_le16(list);
	length = is_big_endian ? cur_be16(list) : cur_le16(list);
	option.value = cur_sub(list, length);
	cur_skip(list, -(unsigned)length & 3); /* padded to 32 bits */
	if (!cur_ok(list))
		return PCAPNG_BROKEN;
	if (option.code == 0) /* opt_endofopt, nrb_record_end */
		return PCAPNG_END;
	*ret = option;
	return PCAPNG_HERE;
}

/* 3.5.1: custom options, which begin with a Private Enterprise Number. */
static bool
is_custom(uint16_t code)
{
	return code == 2988 || code == 2989 || code == 19372 || code == 19373;
}

enum pcapng_step
pcapng_option_next(struct cursor *list, bool is_big_endian, struct pcapng_option *ret)
{
	struct pcapng_option option;
	enum pcapng_step step = pcapng_name_next(list, is_big_endian, &option);

	if (step != PCAPNG_HERE)
		return step;
	if (is_custom(option.code) && cur_left(&option.value) < 4)
		return PCAPNG_BROKEN;
	*ret = option;
	return PCAPNG_HERE;
}

static uint64_t
power_of_ten(unsigned exponent)
{
	uint64_t power = 1;

	while (exponent-- != 0)
		power *= 10;
	return power;
}

struct pcapng_clock
pcapng_clock_of(uint8_t resolution, int64_t offset_seconds)
{
	struct pcapng_clock clock = {1, 1, 0, offset_seconds};

	/* The highest bit says that the others are a negative power of 2, else of 10. */
	if ((resolution & 0x80) != 0) {
		clock.multiply = NS_PER_S;
		clock.shift = resolution & 0x7f;
	} else if (resolution <= 9) {
		clock.multiply = power_of_ten(9 - (unsigned)resolution);
	} else {
		clock.divide = resolution <= 9 + 19 ? power_of_ten(resolution - 9u) : 0;
	}
	return clock;
}

bool
pcapng_clock_time(const struct pcapng_clock *clock, uint64_t ticks, int64_t *ret)
{
	unsigned __int128 scaled = (unsigned __int128)ticks * clock->multiply >> clock->shift;
	__int128 time;

	if (clock->divide == 0)
		scaled = 0;
	else if (clock->divide != 1)
		scaled = (uint64_t)scaled / clock->divide; /* multiply is 1 then */
	time = (__int128)scaled + (__int128)clock->offset_seconds * NS_PER_S;
	if (time < -TIME_MOST || time > TIME_MOST)
		return false;
	*ret = (int64_t)time;
	return true;
}
