/** The custom rules of this server: kept, versioned, read from a directory, stopped when they fail, over REST; imports {@code rule}, {@code persona}, {@code platform}. */
@NullMarked
package dev.persona.server.rulebook;

import org.jspecify.annotations.NullMarked;
