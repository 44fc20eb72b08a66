/* print.c - the table of settings and what is in force, for people. */
#include "config.h"
#include "names.h"
#include <stdio.h>

#define HELP_COLUMN  22
#define VALUE_COLUMN 80

static const char *shown_default(const Setting *setting)
{
    return setting->fallback ? setting->fallback : setting->without;
}

static void pad(Buffer *out, size_t from, size_t column)
{
    do
        buffer_append_char(out, ' ');
    while (out->len - from < column);
}

/* The first line of help has the default at its end. */
static void write_help_line(Buffer *out, const Setting *setting)
{
    Bytes rest = bytes_of(setting->help);
    for (bool is_first = true; present(rest); is_first = false) {
        Bytes line = bytes_cut(&rest, '\n');
        size_t from = out->len;
        if (is_first)
            buffer_append_format(out, "  --%s %s", setting->name, setting->placeholder);
        pad(out, from, HELP_COLUMN);
        buffer_append(out, line);
        if (is_first) {
            pad(out, from, VALUE_COLUMN);
            buffer_append_format(out, "(%s)", shown_default(setting));
        }
        buffer_append_char(out, '\n');
    }
}

void settings_write_help(Buffer *out)
{
    for (int id = 0; id < SETTINGS; id++)
        write_help_line(out, &settings[id]);
}

static void write_joined(Buffer *out, const char *help, const char *between)
{
    Bytes rest = bytes_of(help);
    for (bool is_first = true; present(rest); is_first = false) {
        if (!is_first)
            buffer_append_text(out, between);
        buffer_append(out, bytes_cut(&rest, '\n'));
    }
}

void settings_write_markdown(Buffer *out)
{
    buffer_append_text(
        out,
        "# Configuration\n\nEvery setting has one name, used as a flag (`--log-level debug`), as an environment variable\n(`EVPOC_LOG_LEVEL=debug`) and in `evpoc.toml` (`log-level = \"debug\"`). A flag wins over the environment, the\nenvironment over the file. An unknown name is an error that names the nearest right one. `evpoc-emu config` prints what\nis in force and where it comes from.\n\nThis page is made from the table in `emulator/config/src/settings.c`; do not edit it.\n");
    for (int id = 0; id < SETTINGS; id++) {
        const Setting *setting = &settings[id];
        char variable[NAME_MAX_LEN];
        name_write((SettingId)id, NAME_IS_VARIABLE, variable);
        buffer_append_format(out, "\n## %s\n\n`--%s %s` · `%s` · default: `%s`\n\n", setting->name, setting->name,
                             setting->placeholder, variable, shown_default(setting));
        write_joined(out, setting->help, "; ");
        buffer_append_text(out, ".\n");
        if (setting->more)
            buffer_append_format(out, "\n%s\n", setting->more);
    }
}

static void write_roff(Buffer *out, Bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '-' || text.ptr[i] == '\\')
            buffer_append_char(out, '\\');
        buffer_append_char(out, text.ptr[i]);
    }
}

static void write_manual_entry(Buffer *out, SettingId id)
{
    const Setting *setting = &settings[id];
    char flag[NAME_MAX_LEN], variable[NAME_MAX_LEN];
    name_write(id, NAME_IS_FLAG, flag);
    name_write(id, NAME_IS_VARIABLE, variable);
    buffer_append_text(out, ".TP\n.B ");
    write_roff(out, bytes_of(flag));
    buffer_append_format(out, " \\fI%s\\fR, %s, default %s\n", setting->placeholder, variable, shown_default(setting));
    Bytes rest = bytes_of(setting->help);
    while (present(rest)) {
        write_roff(out, bytes_cut(&rest, '\n'));
        buffer_append_text(out, present(rest) ? "\n.br\n" : ".\n");
    }
    if (setting->more) {
        write_roff(out, bytes_of(setting->more));
        buffer_append_char(out, '\n');
    }
}

void settings_write_manual(Buffer *out)
{
    buffer_append_text(
        out,
        ".TH EVPOC-EMU 1\n.SH NAME\nevpoc\\-emu \\- a local emulator of the AWS stack of an event-driven system\n.SH SYNOPSIS\n.B evpoc\\-emu\n[\\fIsetting\\fR]...\n.br\n.B evpoc\\-emu config\n[\\fIsetting\\fR]...\n.br\n.B evpoc\\-emu health\n[\\fIsetting\\fR]...\n.SH DESCRIPTION\nAnswers " SERVICES_IN_WORDS
        " on one port, and keeps all in one file.\nClients need nothing but\n.B AWS_ENDPOINT_URL=http://localhost:4566\nand any credentials.\n.PP\n.B config\nprints the settings in force and where each comes from.\n.PP\n.B ctl\nasks the admin API of the emulator of these settings; alone it lists the pages.\n.PP\n.B health\nasks the emulator of these settings how it is, and exits with 0 where it is well.\n.SH SETTINGS\nA flag wins over the environment, the environment over\n.BR evpoc.toml .\n");
    for (int id = 0; id < SETTINGS; id++)
        write_manual_entry(out, (SettingId)id);
    buffer_append_text(
        out,
        ".SH EXIT STATUS\n0 after SIGTERM or SIGINT; 1 where it could not start or go on; 2 for a mistake in the settings.\n");
}

static void write_quoted(Buffer *out, const char *text)
{
    buffer_append_char(out, '"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            buffer_append_char(out, '\\');
        buffer_append_char(out, *text);
    }
    buffer_append_char(out, '"');
}

void config_print(const Config *config, Buffer *out)
{
    for (int id = 0; id < SETTINGS; id++) {
        size_t from = out->len;
        const char *text = config_text(config, (SettingId)id);
        if (!text)
            buffer_append_text(out, "# ");
        buffer_append_format(out, "%s = ", settings[id].name);
        if (text && settings[id].kind == SETTING_IS_INTEGER)
            buffer_append_text(out, text);
        else
            write_quoted(out, text ? text : "");
        pad(out, from, 40);
        buffer_append_format(out, "# %s\n", text ? config_origin(config, (SettingId)id) : settings[id].without);
    }
}
