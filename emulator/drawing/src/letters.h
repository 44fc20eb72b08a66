/* letters.h - the outlines of a typeface, in hundredths or so of its size: polygons, the origin at (20, 60), y upwards.
 */
#pragma once
#include <stdint.h>

#define LETTER_EM    204.8 /* units of the size */
#define LETTER_LEFT  20
#define LETTER_BELOW 60 /* where the line stands on which they stand */

typedef struct Letter {
    uint16_t code; /* of Unicode */
    uint8_t advance;
    uint16_t at; /* in LETTER_POINTS */
    uint8_t contours;
} Letter;

extern const Letter LETTERS[]; /* by code */
extern const int LETTERS_COUNT;
extern const uint8_t LETTER_POINTS[];
