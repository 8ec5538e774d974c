/** The original values, saved durably before the first change; imports {@code platform}. */
@NullMarked
package dev.persona.agent.journal;

import org.jspecify.annotations.NullMarked;
