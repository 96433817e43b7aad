namespace CreditGrains.Engine.RequestIds;

/// <summary>
/// What a look on disk found for one id, and which runs it covered. Attached to the command of that id; the writer trusts it only
/// for runs installed up to <paramref name="Generation"/>. The default value covers no run.
/// </summary>
/// <param name="Generation">Runs installed when the look began.</param>
/// <param name="IsFound">Whether one of them holds the id.</param>
/// <param name="Entry">Its entry if so.</param>
public readonly record struct DiskAnswer(long Generation, bool IsFound, RequestIdEntry Entry);
