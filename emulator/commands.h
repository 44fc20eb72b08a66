/* commands.h - what the executable does besides emulating: tell its settings, ask a running emulator how it is,
 * look at a file. */
#pragma once
#include "config.h"

/* The process's exit status. */
int command_config(const Config *config); /* prints what is in force and where it comes from */
int command_check(const Config *config);  /* 0: the file of these settings is whole; 1: it says what is not */
int command_health(const Config *config); /* 0: the emulator of these settings answers and is well */
void print_help(void);
