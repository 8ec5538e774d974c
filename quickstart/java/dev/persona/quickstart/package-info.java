/**
 * Both packaged programs run as processes on this machine: by {@code ./quickstart.sh} as a story to watch, by the
 * end-to-end tests as the thing under test. Needs only the JDK and the Jackson that ships with the server.
 */
package dev.persona.quickstart;
