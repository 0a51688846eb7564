/* The catalogue as data of the program; the Makefile writes it from rules/catalogue/ and
 * rules/explanations/. */
#ifndef SMBTRIAGE_RULES_BUILTIN_H
#define SMBTRIAGE_RULES_BUILTIN_H

struct builtin_rule {
	const char *file; /* "rules/catalogue/ID.yaml"; NULL ends the table */
	const char *yaml;
};

extern const struct builtin_rule builtin_rules[];
extern const struct builtin_rule builtin_explanations[];

#endif
