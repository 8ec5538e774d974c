/** The connection to the server: hello, reconnect, back-off; imports {@code protocol}, {@code platform}. */
@NullMarked
package dev.persona.agent.link;

import org.jspecify.annotations.NullMarked;
