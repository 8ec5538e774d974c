/** What can be configured on a host: names, typed values, units, bounds; imports {@code platform} only. */
@NullMarked
package dev.persona.server.parameter;

import org.jspecify.annotations.NullMarked;
