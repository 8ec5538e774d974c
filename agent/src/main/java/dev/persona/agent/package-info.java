/** Where the program begins; imports {@code cli} alone. */
@NullMarked
package dev.persona.agent;

import org.jspecify.annotations.NullMarked;
