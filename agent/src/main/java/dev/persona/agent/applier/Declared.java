package dev.persona.agent.applier;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/**
 * What the host's owner declared for the parameters of one family.
 *
 * @param prefix of the family's parameters, as in {@code file.}; what follows is the name
 * @param what a declaration is called, as in "file"
 * @param key of the configuration that every declaration has
 */
record Declared<T>(String prefix, String what, String key, Map<String, ? extends T> byName) {

    Declared {
        byName = Map.copyOf(byName);
    }

    boolean covers(String parameter) {
        return parameter.startsWith(prefix);
    }

    Optional<T> find(String parameter) {
        return Optional.ofNullable(byName.get(parameter.substring(prefix.length())));
    }

    /**
     * @throws IOException if nothing is declared, as of an original in the journal after its declaration was deleted
     */
    T of(String parameter) throws IOException {
        Optional<T> declared = find(parameter);
        return declared.orElseThrow(() -> new IOException(undeclared(parameter)));
    }

    /** Why a parameter has no declaration, naming the key to set. */
    String undeclared(String parameter) {
        return "no such " + what + " declared, see `persona.agent." + parameter + "." + key + "`";
    }
}
