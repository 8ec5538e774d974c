/** The command line {@code persona-agent}: a program of its own that calls the local API; imports {@code tuned}, {@code platform}. */
@NullMarked
package dev.persona.agent.cli;

import org.jspecify.annotations.NullMarked;
