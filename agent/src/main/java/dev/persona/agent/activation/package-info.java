/** What the host must run, and the way there: difference, save, apply, verify or restore; pins and holds; imports {@code applier}, {@code journal}, {@code protocol}, {@code platform}. */
@NullMarked
package dev.persona.agent.activation;

import org.jspecify.annotations.NullMarked;
