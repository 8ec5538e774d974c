/** The append-only history of what happened; imports {@code platform} only. */
@NullMarked
package dev.persona.server.journal;

import org.jspecify.annotations.NullMarked;
