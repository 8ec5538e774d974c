/** One instance's state over time and the decisions that follow from it; imports {@code rule} and what it imports. */
@NullMarked
package dev.persona.server.decision;

import org.jspecify.annotations.NullMarked;
