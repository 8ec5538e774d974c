/** Configuration, clock, durable files; imports nothing of ours. */
@NullMarked
package dev.persona.agent.platform;

import org.jspecify.annotations.NullMarked;
