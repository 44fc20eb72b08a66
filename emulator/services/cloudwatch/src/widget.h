/* widget.h - a graph as GetMetricWidgetImage is asked for it, and its picture. aws: CloudWatch API Reference,
 * GetMetricWidgetImage: Metric Widget Structure and Syntax. */
#pragma once
#include "drawing.h"
#include "maths.h"

typedef enum WidgetView { VIEW_TIME_SERIES, VIEW_SINGLE_VALUE, VIEW_GAUGE, VIEW_BAR, VIEW_PIE } WidgetView;
typedef enum LegendPlace { LEGEND_BOTTOM, LEGEND_RIGHT, LEGEND_HIDDEN } LegendPlace;
typedef enum NoteFill { FILL_NONE, FILL_ABOVE, FILL_BELOW } NoteFill; /* of a vertical one: after, before */

/* One of "metrics", as its last item says that it is drawn. */
typedef struct WidgetRow {
    Bytes region; /* absent: the widget's */
    bool has_colour, is_hidden, is_right;
    Colour colour;
} WidgetRow;

/* A line across at a value or a time; with `to` the band between the two. */
typedef struct WidgetNote {
    bool is_vertical, is_right, has_to, has_colour;
    double from, to; /* a value, or ms since the epoch */
    Bytes label, to_label;
    Colour colour;
    NoteFill fill;
} WidgetNote;

typedef struct WidgetAxis {
    bool has_least, has_most, hides_units;
    double least, most;
    Bytes label;
} WidgetAxis;

typedef struct Widget {
    int width, height;
    WidgetView view;
    LegendPlace legend;
    bool is_stacked, has_sparkline, is_dark;
    Bytes title, region;
    int64_t start_ms, end_ms, zone_ms; /* zone: what its clocks are ahead of UTC */
    WidgetAxis axes[2];                /* left, right */
    CloudwatchMetricDataQueries queries;
    WidgetRow *rows; /* of each query */
    WidgetNote *notes;
    size_t notes_count;
} Widget;

/* Refuses what AWS's structure does not have. */
MUST_CHECK Status widget_read(Call *call, Bytes text, Widget *ret);

/* A series of the widget's, as it is drawn. */
typedef struct WidgetLine {
    const Series *series;
    Bytes label;
    Colour colour;
    bool is_right;
} WidgetLine;
typedef struct WidgetLines {
    WidgetLine *items;
    size_t len;
} WidgetLines;

MUST_CHECK Status widget_lines(Call *call, const Widget *widget, WidgetLines *ret);
/* PNG. */
Bytes widget_draw(Arena *arena, const Widget *widget, const WidgetLines *lines);
