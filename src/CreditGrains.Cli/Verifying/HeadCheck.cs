using CreditGrains.Api.Security;
using CreditGrains.Api.Security.Audit;
using CreditGrains.Api.Security.Heads;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Engine.Journal;
using CreditGrains.Engine.Replay;

namespace CreditGrains.Cli.Verifying;

/// <summary>
/// Holds a journal and an audit log against signed heads. The journal's own chain only shows that it hangs together; the heads show that it is the one it
/// was.
/// </summary>
internal sealed class HeadCheck
{
    private readonly IReadOnlyList<SignedHead> heads;
    private readonly HashSet<long> wanted;
    private readonly Dictionary<long, string> chains = [];

    private HeadCheck(IReadOnlyList<SignedHead> heads)
    {
        this.heads = heads;
        wanted = [.. heads.Select(head => head.Sequence)];
    }

    /// <summary>How many heads there are.</summary>
    public int Count => heads.Count;

    /// <summary>How many were of events before the oldest kept segment, and could not be held against anything.</summary>
    public int OutOfReach { get; private set; }

    /// <summary>Reads heads and checks their signatures.</summary>
    /// <exception cref="CommandFault">HeadsDamaged (exit code 4), or a key that is none.</exception>
    public static HeadCheck Read(string path, string publicKey)
    {
        using var key = HeadFile.ReadKey(publicKey);
        try
        {
            if (!File.Exists(path)) throw CommandFault.Usage("HeadsMissing", $"there is no file of heads '{path}'");
            return new HeadCheck(HeadFile.Read(path, key));
        }
        catch (SecurityFileException damage) when (damage.Name == "HeadsDamaged")
        {
            throw new CommandFault(ExitCode.Damaged, damage.Name, damage.Advice, damage);
        }
    }

    /// <summary>Takes what the journal is after a sequence.</summary>
    public void See(long sequence, ChainHash chain)
    {
        if (wanted.Contains(sequence)) chains[sequence] = chain.ToString();
    }

    /// <summary>What does not agree; null when everything does.</summary>
    public VerificationProblem? Judge(VerificationReport report, Guid partition, long oldestSequence)
    {
        foreach (var head in heads)
        {
            if (head.Partition != partition) return Problem(head, "it is of another partition", "Name the heads of this engine.");
            if (head.Sequence > report.LastSequence) return Problem(head, $"the journal ends at {report.LastSequence}", "Events that were durable are missing: restore the partition from a backup or a standby.");
            if (head.Sequence < oldestSequence)
            {
                OutOfReach++;
                continue;
            }

            if (chains.GetValueOrDefault(head.Sequence) != head.Chain)
                return Problem(head, "the journal's hash there is another", "The journal was rewritten after it was signed. Restore it from a backup or a standby, and find out who did it.");
        }

        return null;
    }

    /// <summary>Holds an audit log against the heads.</summary>
    public VerificationProblem? JudgeAudit(string directory)
    {
        var ends = new Dictionary<long, string> { [0] = AuditChain.Genesis };
        var counts = heads.Select(head => head.AuditCount).ToHashSet();
        try
        {
            AuditChain.Read(Path.Combine(directory, AuditLog.FileName), (entry, hash) =>
            {
                if (counts.Contains(entry.Number)) ends[entry.Number] = hash;
            });
        }
        catch (SecurityFileException damage)
        {
            return new VerificationProblem(VerificationFault.Journal, AuditLog.FileName, 0, damage.Advice, "Bring the audit log back from a copy.");
        }

        var wrong = heads.FirstOrDefault(head => ends.GetValueOrDefault(head.AuditCount) != head.AuditHead);
        return wrong is null ? null : Problem(wrong, $"the audit log is not what it was at entry {wrong.AuditCount}", "It was rewritten or cut after it was signed. Bring it back from a copy, and find out who did it.");
    }

    private static VerificationProblem Problem(SignedHead head, string what, string remedy) =>
        new(VerificationFault.Journal, "", head.Sequence, $"head {head.Number} was signed at event {head.Sequence}, and {what}", remedy);
}
