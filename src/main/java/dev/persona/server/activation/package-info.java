/** The running fleet: pins, holds, delivered decisions, acknowledgements; imports {@code decision}, {@code event}, {@code instance}, {@code journal} and what they import. */
@NullMarked
package dev.persona.server.activation;

import org.jspecify.annotations.NullMarked;
