/**
 * What can be known of personas without waiting for it: proofs that something never happens, and stories that show what
 * can; imports {@code decision} and what it imports.
 */
@NullMarked
package dev.persona.server.analysis;

import org.jspecify.annotations.NullMarked;
