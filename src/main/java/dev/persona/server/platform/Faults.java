package dev.persona.server.platform;

import java.util.ArrayList;
import java.util.List;

/** Collects all faults of one document, so that its author sees them at once; at most {@value #LIMIT} are kept. */
public final class Faults {
    static final int LIMIT = 100;

    private final List<Fault> faults = new ArrayList<>();

    public void add(String pointer, String detail) {
        if (faults.size() < LIMIT) {
            faults.add(new Fault(pointer, detail));
        }
    }

    public boolean isEmpty() {
        return faults.isEmpty();
    }

    /** Whether further faults are not kept any more. */
    public boolean isFull() {
        return faults.size() == LIMIT;
    }

    public List<Fault> list() {
        return List.copyOf(faults);
    }

    /**
     * Ends the reading of a document.
     *
     * @param what the document, as in "persona `night`"
     * @throws PolicyException INVALID_DOCUMENT with all the faults, if there are any
     */
    public void throwIfAny(String what) {
        if (!faults.isEmpty()) {
            String count = faults.size() == 1 ? "1 fault" : faults.size() + " faults";
            throw new PolicyException(ErrorCode.INVALID_DOCUMENT, what + " has " + count, list());
        }
    }
}
