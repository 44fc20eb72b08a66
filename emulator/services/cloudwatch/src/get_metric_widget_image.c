/* get_metric_widget_image.c - GetMetricWidgetImage: a graph as PNG. CloudWatch API Reference, GetMetricWidgetImage. */
#include "widget.h"

OPERATION(CloudwatchGetMetricWidgetImage, get_metric_widget_image, READS);

/* aws: OutputFormat: "png" comes in the protocol's own answer, "image/png" as the body itself. */
static Status get_metric_widget_image(Call *call, const CloudwatchGetMetricWidgetImageInput *in,
                                      CloudwatchGetMetricWidgetImageOutput *out)
{
    Widget widget;
    WidgetLines lines;
    bool is_raw = bytes_is(in->output_format, "image/png");
    if (present(in->output_format) && !is_raw && !bytes_is(in->output_format, "png"))
        return fail(call, &CLOUDWATCH_INVALID_PARAMETER_VALUE,
                    "The value " BYTES_FMT " for parameter OutputFormat is not supported.",
                    BYTES_ARG(in->output_format));
    TRY(widget_read(call, in->metric_widget, &widget));
    TRY(widget_lines(call, &widget, &lines));
    out->metric_widget_image = widget_draw(call->arena, &widget, &lines);
    if (is_raw) {
        call->raw = out->metric_widget_image;
        call->raw_type = TEXT("image/png");
    }
    return OK;
}
