/* soft.h - what was asked for while policies were asked without being obeyed, and what would let it pass. */
#pragma once
#include "scene.h"

typedef struct Notes Notes;
Notes *notes_new(void);
Notes *notes_free(Notes *notes); /* NULL is fine; returns NULL */
void soft_note(Auth *auth, const Question *question, const Decision *decision);
void denied_page(void *context, HttpRequest *request, HttpResponse *response);
