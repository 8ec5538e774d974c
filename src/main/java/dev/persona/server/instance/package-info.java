/** Registered hosts: tags, liveness, reports; imports {@code platform}, {@code parameter}, {@code journal}. */
@NullMarked
package dev.persona.server.instance;

import org.jspecify.annotations.NullMarked;
