/** The local REST API; imports {@code activation}, {@code link}, {@code journal}, {@code protocol}, {@code platform}. */
@NullMarked
package dev.persona.agent.api;

import org.jspecify.annotations.NullMarked;
