/** Measures the host; the only user of OSHI; imports {@code protocol}, {@code platform}. */
@NullMarked
package dev.persona.agent.sensor;

import org.jspecify.annotations.NullMarked;
