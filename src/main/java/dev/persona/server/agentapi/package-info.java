/** The agents' door: translates between {@code protocol} and the domain; imports everything, imported by none. */
@NullMarked
package dev.persona.server.agentapi;

import org.jspecify.annotations.NullMarked;
