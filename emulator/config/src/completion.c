/* completion.c - what shells offer behind `evpoc-emu`, from the table of settings. */
#include "config.h"
#include <stdio.h>

static bool is_path(const Setting *setting)
{
    return !strcmp(setting->placeholder, "FILE") || !strcmp(setting->placeholder, "DIR");
}

static Bytes first_line(const char *help)
{
    Bytes rest = bytes_of(help);
    return bytes_cut(&rest, '\n');
}

static void write_choices(Buffer *out, const Setting *setting)
{
    for (int i = 0; setting->choices[i]; i++)
        buffer_append_format(out, "%s%s", i ? " " : "", setting->choices[i]);
}

void settings_write_bash(Buffer *out)
{
    buffer_append_text(
        out,
        "# evpoc-emu's completion for bash. Made from the table of settings.\n_evpoc_emu() {\n    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n    case $before in\n");
    for (int id = 0; id < SETTINGS; id++) {
        const Setting *setting = &settings[id];
        if (setting->kind == SETTING_IS_CHOICE) {
            buffer_append_format(out, "    --%s) COMPREPLY=($(compgen -W '", setting->name);
            write_choices(out, setting);
            buffer_append_text(out, "' -- \"$current\")); return ;;\n");
        } else if (is_path(setting)) {
            buffer_append_format(out, "    --%s) COMPREPLY=($(compgen -f -- \"$current\")); return ;;\n",
                                 setting->name);
        }
    }
    buffer_append_text(out, "    esac\n    COMPREPLY=($(compgen -W 'config health check ctl --help --version");
    for (int id = 0; id < SETTINGS; id++)
        buffer_append_format(out, " --%s", settings[id].name);
    buffer_append_text(out, "' -- \"$current\"))\n}\ncomplete -F _evpoc_emu evpoc-emu\n");
}

void settings_write_zsh(Buffer *out)
{
    buffer_append_text(
        out,
        "#compdef evpoc-emu\n# Made from the table of settings.\n_arguments \\\n    '1:command:(config health check ctl)' \\\n    '--help[tell the settings]' \\\n    '--version[tell the version]'");
    for (int id = 0; id < SETTINGS; id++) {
        const Setting *setting = &settings[id];
        buffer_append_format(out, " \\\n    \"--%s[" BYTES_FMT "]:%s:", setting->name,
                             BYTES_ARG(first_line(setting->help)), setting->placeholder);
        if (setting->kind == SETTING_IS_CHOICE) {
            buffer_append_char(out, '(');
            write_choices(out, setting);
            buffer_append_char(out, ')');
        } else if (is_path(setting)) {
            buffer_append_text(out, "_files");
        }
        buffer_append_char(out, '"');
    }
    buffer_append_char(out, '\n');
}

void settings_write_fish(Buffer *out)
{
    buffer_append_text(
        out,
        "# evpoc-emu's completion for fish. Made from the table of settings.\ncomplete -c evpoc-emu -f -n __fish_use_subcommand -a 'config health check ctl'\ncomplete -c evpoc-emu -l help -d 'tell the settings'\ncomplete -c evpoc-emu -l version -d 'tell the version'\n");
    for (int id = 0; id < SETTINGS; id++) {
        const Setting *setting = &settings[id];
        buffer_append_format(out, "complete -c evpoc-emu -l %s -x -d \"" BYTES_FMT "\"", setting->name,
                             BYTES_ARG(first_line(setting->help)));
        if (setting->kind == SETTING_IS_CHOICE) {
            buffer_append_text(out, " -a '");
            write_choices(out, setting);
            buffer_append_char(out, '\'');
        } else if (is_path(setting)) {
            buffer_append_text(out, " -a '(__fish_complete_path)'");
        }
        buffer_append_char(out, '\n');
    }
}
