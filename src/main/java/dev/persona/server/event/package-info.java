/** CloudEvents intake and de-duplication; imports {@code instance}, {@code journal}, {@code trigger}, {@code platform}. */
@NullMarked
package dev.persona.server.event;

import org.jspecify.annotations.NullMarked;
