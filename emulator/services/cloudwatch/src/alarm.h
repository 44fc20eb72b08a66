/* alarm.h - an alarm: what it watches (its configuration, kept as the JSON of its model's shape), and how it stands. */
#pragma once
#include "cloudwatch.h"
#include "cloudwatch_model.h"
#include "store.h"

extern const ErrorModel cloudwatch_validation;

#define DUE_NEVER INT64_MAX

typedef struct Alarm {
    int64_t id; /* 0: not yet there */
    Bytes account, region, name;
    bool is_composite;
    Bytes metric; /* of an alarm on one metric: alarm_metric_key; else absent */
    Bytes config;
    bool actions_enabled;
    int64_t configured_ms;
    Bytes state, reason, reason_data;
    int64_t updated_ms, transitioned_ms;
    int64_t due_ms; /* when it is to be looked at next */
    int32_t chain;  /* how many composite alarms' changes led to this look */
    Bytes woken_by; /* the alarm whose change led to the next look */
    Bytes suppressed_by, suppressed_reason;
    Bytes held_from; /* the state before the change whose actions wait for the suppressor; absent: none wait */
} Alarm;

/* The metric in one text. */
Bytes alarm_metric_key(Arena *arena, Bytes name_space, Bytes name, const CloudwatchDimensions *dimensions);

MUST_CHECK int alarm_find(const Scope *scope, Bytes name, Alarm *ret);
/* A name, or the ARN of an alarm of this place. Absent: an ARN of another. */
Bytes alarm_name_of(const Scope *scope, Bytes name_or_arn);
MUST_CHECK int alarm_save(const Scope *scope, Alarm *alarm); /* sets the id of a new one */
/* Only due_ms and chain. */
MUST_CHECK int alarm_set_due(const Scope *scope, const Alarm *alarm);
MUST_CHECK int alarm_remove(const Scope *scope, const Alarm *alarm);

/* Those of the scope's account and region behind a name, in the order of names: statement_step, alarm_read. */
Statement *alarms_after(const Scope *scope, Bytes name);
Statement *alarms_of_metric(const Scope *scope, Bytes metric_key);
Statement *alarms_due(Store *store, int64_t due_ms, int limit);
void alarm_read(Arena *arena, Statement *row, Alarm *ret);
/* DUE_NEVER: none is. */
MUST_CHECK int alarms_next_due(Store *store, int64_t *ret_due_ms);

/* As its model has it, with how it stands. */
CloudwatchMetricAlarm *alarm_metric(const Scope *scope, const Alarm *alarm);
CloudwatchCompositeAlarm *alarm_composite(const Scope *scope, const Alarm *alarm);
/* Configurations of alarms and metric streams, as they are kept; what was written can be read. */
Bytes kept_text(Arena *arena, const Shape *shape, const void *value);
void kept_read(Arena *arena, Bytes text, const Shape *shape, void *ret);

/* Which alarms a composite one looks at, its suppressor among them. */
MUST_CHECK int alarm_watches(const Scope *scope, const Alarm *alarm, const Bytes *names, size_t count);
/* Those that watch it are looked at, at once. */
MUST_CHECK int alarm_wake_watchers(const Scope *scope, const Alarm *alarm, int64_t at_ms);
/* STORE_ROW: some alarm that is not among `names` watches it: its name. */
MUST_CHECK int alarm_watcher(const Scope *scope, Bytes name, const CloudwatchAlarmNames *but, Bytes *ret_watcher);

MUST_CHECK int alarm_watchers(const Scope *scope, Bytes name, const Bytes **ret_names, size_t *ret_count);

/* What both kinds' configurations are held to. */
MUST_CHECK Status alarm_check_actions(Call *call, const CloudwatchResourceList *actions);
/* It is made anew, or put again: its row, its history, its tags where it is new. */
MUST_CHECK Status alarm_put(Call *call, Alarm *alarm, const CloudwatchTagList *tags);

/* alarm_change.c */
typedef struct AlarmChange {
    Bytes state, reason, reason_data;
    int64_t at_ms;
} AlarmChange;
/* It stands so from now on: kept, with its history, what it does then, and what watches it is woken. */
MUST_CHECK int alarm_change(const Scope *scope, Alarm *alarm, const AlarmChange *change);
/* The actions of the change from this state to the one it is in. */
MUST_CHECK int alarm_act(const Scope *scope, const Alarm *alarm, Bytes from, int64_t at_ms);
bool alarm_is_in(const Alarm *alarm, const char *state);

/* alarm_timer.c: the looks that are due. */
void alarms_open(Cloudwatch *cloudwatch);
void alarms_close(Cloudwatch *cloudwatch);
void alarms_wake(Cloudwatch *cloudwatch, int64_t due_ms);

/* alarm_evaluate.c, alarm_composite.c: one look, at a time of the emulator's clock. Sets due_ms. */
MUST_CHECK int alarm_evaluate(const Scope *scope, Alarm *alarm, int64_t at_ms);
MUST_CHECK int composite_evaluate(const Scope *scope, Alarm *alarm, int64_t at_ms);
/* A second after each full minute (ten seconds, where its period is shorter): what services measure has been told. */
int64_t alarm_next_look(int32_t period_s, int64_t after_ms);
/* Of Metrics: the longest. */
int32_t alarm_period(const CloudwatchMetricAlarm *alarm);
