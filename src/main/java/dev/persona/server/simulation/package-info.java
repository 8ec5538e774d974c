/** The same engine on a turned clock: scenario documents in, decisions out; imports {@code decision} and what it imports. */
@NullMarked
package dev.persona.server.simulation;

import org.jspecify.annotations.NullMarked;
