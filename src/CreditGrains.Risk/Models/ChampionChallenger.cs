using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace CreditGrains.Risk.Models;

/// <summary>A challenger and the accounts it decides.</summary>
/// <param name="Name">Name of its model.</param>
/// <param name="SharePpm">Share of accounts in millionths, 1 to 1,000,000.</param>
public readonly record struct Challenger(string Name, int SharePpm);

/// <summary>
/// Which one model decides for an account. The account's place among a million is a hash of the experiment's name and the account's id, so it is the same on
/// every host and after every restart, and independent of other experiments.
/// </summary>
public sealed class ChampionChallenger
{
    private const int Whole = 1_000_000;
    private readonly ulong salt;

    /// <param name="experiment">Names the split: another name shuffles the accounts anew.</param>
    /// <param name="champion">Model of the accounts that no challenger has.</param>
    /// <param name="challengers">Take their shares from 0 up, in this order.</param>
    /// <exception cref="ModelFault">A share is out of range, or all together leave the champion no account.</exception>
    public ChampionChallenger(string experiment, string champion, ImmutableArray<Challenger> challengers)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        if (string.IsNullOrWhiteSpace(champion)) throw new ModelFault("BadShares", "the champion has no name; give the model that decides");
        if (challengers.Any(one => one.SharePpm is < 1 or > Whole || string.IsNullOrWhiteSpace(one.Name))) throw new ModelFault("BadShares", "each challenger needs a name and a share of 1 to 1,000,000 ppm");
        if (challengers.Sum(one => (long)one.SharePpm) >= Whole) throw new ModelFault("BadShares", "the challengers' shares leave the champion no account; keep them below 1,000,000 ppm together");
        Champion = champion;
        Challengers = challengers;
        salt = BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(experiment)));
    }

    /// <summary>Model of the accounts that no challenger has.</summary>
    public string Champion { get; }

    /// <summary>The challengers.</summary>
    public ImmutableArray<Challenger> Challengers { get; }

    /// <summary>Name of the model that decides for an account.</summary>
    public string ModelOf(ulong account) => ChallengerOf(account) is var challenger and >= 0 ? Challengers[challenger].Name : Champion;

    /// <summary>Which challenger decides for an account, by its place in <see cref="Challengers"/>; −1 when the champion does.</summary>
    public int ChallengerOf(ulong account)
    {
        var place = PlaceOf(account);
        for (var i = 0; i < Challengers.Length; i++)
        {
            if (place < Challengers[i].SharePpm) return i;
            place -= Challengers[i].SharePpm;
        }

        return -1;
    }

    /// <summary>Place of an account, 0 to 999,999: a bijective mix (the finaliser of SplitMix64, Steele and others 2014) of its id and the experiment.</summary>
    private int PlaceOf(ulong account)
    {
        unchecked
        {
            var mixed = account ^ salt;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            mixed ^= mixed >> 31;
            return (int)Math.BigMul(mixed, Whole, out _);
        }
    }
}
