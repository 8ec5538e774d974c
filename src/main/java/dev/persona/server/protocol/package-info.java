/** The JSON records that server and agent exchange; imports nothing of ours, and holds no behaviour. */
@NullMarked
package dev.persona.server.protocol;

import org.jspecify.annotations.NullMarked;
