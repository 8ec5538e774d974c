/** How each family of parameters is read, applied, verified and restored; imports {@code platform}. */
@NullMarked
package dev.persona.agent.applier;

import org.jspecify.annotations.NullMarked;
