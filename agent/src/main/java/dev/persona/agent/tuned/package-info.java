/** TuneD profiles, read and turned into personas; imports {@code platform}. */
@NullMarked
package dev.persona.agent.tuned;

import org.jspecify.annotations.NullMarked;
