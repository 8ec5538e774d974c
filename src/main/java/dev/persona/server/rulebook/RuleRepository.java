package dev.persona.server.rulebook;

import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.PolicyException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Rule documents in the database, each change in a transaction of its own.
 *
 * <p>A change names the revision that it was made from, and fails if another server has changed the row since.
 */
@ApplicationScoped
public class RuleRepository {
    private final EntityManager database;

    RuleRepository(EntityManager database) {
        this.database = database;
    }

    /** All texts in order of name. */
    @Transactional(TxType.REQUIRES_NEW)
    List<RuleText> texts() {
        return database.createQuery("from RuleTextEntity order by name", RuleTextEntity.class)
                .getResultStream()
                .map(RuleTextEntity::read)
                .toList();
    }

    /** All stops by name of the document. */
    @Transactional(TxType.REQUIRES_NEW)
    Map<String, RuleStop> stops() {
        return database.createQuery("from RuleStopEntity", RuleStopEntity.class)
                .getResultStream()
                .collect(Collectors.toMap(row -> row.name, RuleStopEntity::read));
    }

    /** The versions of a document after a revision, in order. */
    @Transactional(TxType.REQUIRES_NEW)
    List<RuleVersion> versions(String name, long after, int limit) {
        return database.createQuery(
                        "from RuleVersionEntity v where v.key.name = ?1 and v.key.revision > ?2 order by v.key.revision",
                        RuleVersionEntity.class)
                .setParameter(1, name)
                .setParameter(2, after)
                .setMaxResults(limit)
                .getResultStream()
                .map(RuleVersionEntity::read)
                .toList();
    }

    /** One version of a document. */
    @Transactional(TxType.REQUIRES_NEW)
    Optional<RuleVersion> version(String name, long revision) {
        return Optional.ofNullable(database.find(RuleVersionEntity.class, new RuleVersionEntity.Key(name, revision)))
                .map(RuleVersionEntity::read);
    }

    /**
     * Stores a change: a new document, a changed one, or the end of one with all its versions.
     *
     * @param stop why it isn't in force from now on; absent if it is
     * @param keptVersions older ones are forgotten
     * @throws PolicyException REVISION_MISMATCH if the row isn't at the revision before, or is gone
     * @throws org.hibernate.exception.ConstraintViolationException if there is one before which there should be none
     */
    @Transactional(TxType.REQUIRES_NEW)
    void store(Optional<RuleText> before, Optional<RuleText> after, Optional<RuleStop> stop, int keptVersions) {
        Optional<RuleTextEntity> row = before.map(this::lock);
        if (after.isEmpty()) {
            row.ifPresent(database::remove);
            before.ifPresent(gone -> write(gone.name(), Optional.empty()));
            return;
        }
        RuleText text = after.get();
        if (row.isEmpty()) {
            database.persist(new RuleTextEntity().write(text));
        } else {
            row.get().write(text);
        }
        database.flush();
        if (!before.map(RuleText::revision).equals(Optional.of(text.revision()))) {
            database.persist(new RuleVersionEntity(RuleVersion.of(text)));
            database.createQuery("delete from RuleVersionEntity v where v.key.name = ?1 and v.key.revision <= ?2")
                    .setParameter(1, text.name())
                    .setParameter(2, text.revision() - keptVersions)
                    .executeUpdate();
        }
        write(text.name(), stop);
    }

    /** Stores why a document isn't in force from now on, or that it is. */
    @Transactional(TxType.REQUIRES_NEW)
    void store(String name, Optional<RuleStop> stop) {
        write(name, stop);
    }

    private void write(String name, Optional<RuleStop> stop) {
        Optional<RuleStopEntity> row = Optional.ofNullable(database.find(RuleStopEntity.class, name));
        stop.ifPresentOrElse(
                reason -> row.ifPresentOrElse(
                        found -> found.write(name, reason),
                        () -> database.persist(new RuleStopEntity().write(name, reason))),
                () -> row.ifPresent(database::remove));
    }

    private RuleTextEntity lock(RuleText before) {
        RuleTextEntity row = database.find(RuleTextEntity.class, before.name(), LockModeType.PESSIMISTIC_WRITE);
        if (row == null || row.revision != before.revision()) {
            throw new PolicyException(
                    ErrorCode.REVISION_MISMATCH,
                    "rules `" + before.name() + "` were changed by another server; restart this one to see it");
        }
        return row;
    }
}
