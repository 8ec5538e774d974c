/** Personas and persona groups: text, checks, versions, REST; imports {@code trigger}, {@code parameter}, {@code journal}, {@code platform}. */
@NullMarked
package dev.persona.server.persona;

import org.jspecify.annotations.NullMarked;
