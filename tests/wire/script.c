#include "script.h"

typedef struct Reader {
    Script *script;
    Arena *arena;
    bool is_answer; /* lines belong to the answer of the last step */
} Reader;

static Bytes trim(Bytes b)
{
    while (b.len && (*b.ptr == ' ' || *b.ptr == '\t'))
        b = bytes_slice(b, 1, b.len - 1);
    while (b.len && strchr(" \t\r", b.ptr[b.len - 1]))
        b.len--;
    return b;
}

/* The next word of a line; absent behind the last. */
static Bytes word(Bytes *rest)
{
    Bytes found = {0};
    while (present(*rest) && !found.len)
        found = bytes_cut(rest, ' ');
    return found.len ? found : (Bytes){0};
}

static void refuse(Reader *reader, const char *why)
{
    if (!reader->script->why)
        reader->script->why = why;
}

static Step *add_step(Reader *reader)
{
    Script *script = reader->script;
    if (script->count == STEPS_MAX) {
        refuse(reader, "too many steps");
        script->count--;
    }
    Step *step = &script->steps[script->count++];
    *step = (Step){.line = script->line, .input = TEXT(""), .output = TEXT("")};
    reader->is_answer = false;
    return step;
}

static void read_request(Reader *reader, Bytes rest)
{
    Step *step = add_step(reader);
    Bytes named = word(&rest);
    step->service = present(named) ? bytes_cut(&named, '.') : named;
    step->operation = named;
    step->protocol = word(&rest);
    if (!present(named))
        refuse(reader, "expected >>> service.Operation");
}

static void read_answer(Reader *reader, Bytes rest)
{
    Script *script = reader->script;
    Step *step = script->count ? &script->steps[script->count - 1] : NULL;
    Bytes status = word(&rest);
    int64_t number = 0;
    if (!step || step->advance_ms || reader->is_answer || !present(status) || !bytes_to_int64(status, &number)) {
        refuse(reader, "expected <<< status [code], once behind a >>>");
        return;
    }
    reader->is_answer = true;
    step->status = (int)number;
    step->code = word(&rest);
}

static void read_clock(Reader *reader, Bytes rest)
{
    static const struct Unit {
        const char *name;
        int64_t ms;
    } units[] = {{"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}};
    Step *step = add_step(reader);
    Bytes span = trim(rest);
    size_t digits = 0;
    int64_t number = 0;
    while (digits < span.len && span.ptr[digits] >= '0' && span.ptr[digits] <= '9')
        digits++;
    Bytes unit = bytes_slice(span, digits, span.len - digits);
    bool is_read = bytes_to_int64(bytes_slice(span, 0, digits), &number);
    for (size_t i = 0; is_read && i < sizeof units / sizeof *units; i++)
        if (bytes_is(unit, units[i].name))
            step->advance_ms = number * units[i].ms;
    if (!step->advance_ms)
        refuse(reader, "expected clock + a number and one of d h m s ms");
}

static void read_header(Reader *reader, Bytes line)
{
    Script *script = reader->script;
    Step *step = script->count ? &script->steps[script->count - 1] : NULL;
    size_t *count = !step ? NULL : reader->is_answer ? &step->wanted_count : &step->sent_count;
    Bytes value = line, name = trim(bytes_cut(&value, ':'));
    if (!count || *count == STEP_HEADERS_MAX || !present(value)) {
        refuse(reader, "expected @ name: value below a >>> or <<<");
        return;
    }
    HttpHeader *headers = reader->is_answer ? step->wanted : step->sent;
    headers[(*count)++] = (HttpHeader){name, trim(value)};
}

static void read_text(Reader *reader, Bytes line)
{
    Script *script = reader->script;
    Step *step = script->count ? &script->steps[script->count - 1] : NULL;
    if (!step || step->advance_ms) {
        refuse(reader, "expected #, >>>, or clock");
        return;
    }
    Bytes *text = reader->is_answer ? &step->output : &step->input;
    *text = text->len ? arena_text(reader->arena, BYTES_FMT "\n" BYTES_FMT, BYTES_ARG(*text), BYTES_ARG(line)) : line;
}

/* As the emulator's own command line has them. */
static void read_options(Reader *reader, Bytes line)
{
    Script *script = reader->script;
    for (Bytes option; present(option = word(&line));) {
        if (script->count || script->options_count == OPTIONS_MAX - 1) {
            refuse(reader, "options stand before the first step, and are few");
            return;
        }
        script->options[script->options_count++] = arena_cstr(reader->arena, option);
    }
}

static void read_line(Reader *reader, Bytes line)
{
    static const struct Mark {
        const char *text;
        void (*read)(Reader *reader, Bytes rest);
    } marks[] = {{">>> ", read_request}, {"<<< ", read_answer}, {"clock +", read_clock}, {"@ ", read_header}};
    if (!line.len || *line.ptr == '#')
        return;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (bytes_starts_with(line, bytes_of(marks[i].text))) {
            marks[i].read(reader, bytes_slice(line, strlen(marks[i].text), line.len - strlen(marks[i].text)));
            return;
        }
    if (bytes_starts_with(line, TEXT("--")))
        read_options(reader, line);
    else
        read_text(reader, line);
}

void script_read(Script *script, Arena *arena, Bytes text)
{
    Reader reader = {script, arena, false};
    script->count = 0;
    script->line = 0;
    script->why = text.len && *text.ptr == '#' ? NULL : "the first line is a comment that says what holds";
    while (present(text) && !script->why) {
        script->line++;
        read_line(&reader, trim(bytes_cut(&text, '\n')));
    }
    for (size_t i = 0; i < script->count && !script->why; i++)
        if (!script->steps[i].advance_ms && !script->steps[i].status) {
            script->line = script->steps[i].line;
            script->why = "it has no answer (<<<)";
        }
}
