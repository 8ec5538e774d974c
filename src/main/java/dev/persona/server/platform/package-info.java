/** Error codes, faults, problem responses and the clock; imports nothing of ours. */
@NullMarked
package dev.persona.server.platform;

import org.jspecify.annotations.NullMarked;
