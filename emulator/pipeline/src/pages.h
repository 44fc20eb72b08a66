/* pages.h - our own pages: which one a path asks for, and its turn. */
#pragma once
#include "exchange.h"

extern const Page PAGE_OF_NOTHING;
bool page_is_ours(const Pipeline *pipeline,
                  Bytes path); /* under /_evpoc/ or the like, whether there is a page or not */
const struct PageRoute *page_route(const Pipeline *pipeline, const HttpRequest *request);
/* Where a service answers preflights by rules of its own; NULL: nobody does. */
const struct PageRoute *page_of_preflight(const Pipeline *pipeline, HttpRequest *request);
void page_run(Exchange *exchange); /* between turns; answers it, or the page does, later */
