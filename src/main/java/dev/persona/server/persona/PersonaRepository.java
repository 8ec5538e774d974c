package dev.persona.server.persona;

import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.PolicyException;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Optional;

/**
 * Personas in the database, each change in a transaction of its own.
 *
 * <p>A change names the revision that it was made from, and fails if another server has changed the row since.
 */
@ApplicationScoped
public class PersonaRepository implements PanacheRepositoryBase<PersonaEntity, String> {

    /** All rows in order of id, groups included. */
    @Transactional(Transactional.TxType.REQUIRES_NEW)
    public List<PersonaEntity> load() {
        return list("select p from PersonaEntity p left join fetch p.groups order by p.personaId");
    }

    /**
     * Stores a change: a new persona, a changed one, or the end of one.
     *
     * @throws PolicyException REVISION_MISMATCH if the row isn't at the revision before, or is gone
     * @throws org.hibernate.exception.ConstraintViolationException if there is one before which there should be none
     */
    @Transactional(Transactional.TxType.REQUIRES_NEW)
    public void store(Optional<StoredPersona> before, Optional<StoredPersona> after) {
        if (before.isEmpty()) {
            after.map(PersonaEntity::new).ifPresent(this::persistAndFlush);
            return;
        }
        PersonaEntity row = lock(before.get().personaId(), before.get().revision());
        after.ifPresentOrElse(row::write, () -> delete(row));
    }

    private PersonaEntity lock(String personaId, long revision) {
        PersonaEntity row = findById(personaId, LockModeType.PESSIMISTIC_WRITE);
        if (row == null || row.revision() != revision) {
            throw new PolicyException(
                    ErrorCode.REVISION_MISMATCH,
                    "persona `" + personaId + "` was changed by another server; restart this one to see it");
        }
        return row;
    }
}
