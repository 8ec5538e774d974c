/** The conditions under which a persona holds, and their state over time; imports {@code platform} only. */
@NullMarked
package dev.persona.server.trigger;

import org.jspecify.annotations.NullMarked;
