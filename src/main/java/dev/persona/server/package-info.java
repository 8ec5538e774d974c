/** Where the program begins; imports {@code platform} alone. */
@NullMarked
package dev.persona.server;

import org.jspecify.annotations.NullMarked;
