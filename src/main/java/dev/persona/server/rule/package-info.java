/** Personas and custom DRL compiled into Drools rules, and run; the only user of Drools; imports {@code persona}, {@code trigger}, {@code parameter}, {@code platform}. */
@NullMarked
package dev.persona.server.rule;

import org.jspecify.annotations.NullMarked;
