/** The schedule; wires everything; imports all, imported by none. */
@NullMarked
package dev.persona.agent.loop;

import org.jspecify.annotations.NullMarked;
