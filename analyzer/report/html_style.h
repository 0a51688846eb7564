/* The look of the HTML report. */
#ifndef SMBTRIAGE_REPORT_HTML_STYLE_H
#define SMBTRIAGE_REPORT_HTML_STYLE_H

/* html_style.css, as the Makefile makes text of it. For markup_lines(). */
extern const char html_style[];

#endif
