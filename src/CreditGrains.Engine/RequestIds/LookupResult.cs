namespace CreditGrains.Engine.RequestIds;

/// <summary>What memory can say of a request id.</summary>
public enum LookupResult
{
    /// <summary>The id has not taken effect.</summary>
    NotFound = 0,

    /// <summary>The id has taken effect; its entry is given.</summary>
    Found = 1,

    /// <summary>A run on disk may hold it and the answer attached does not cover that run. Look on disk again, off the writer, and retry.</summary>
    OnDisk = 2,
}
