using System.Numerics;
using CreditGrains.Domain.Commands;
using CreditGrains.Engine.Events;

namespace CreditGrains.Engine.Execution;

/// <summary>
/// 32 bits that tell two commands under one id apart. Covers every field but the caller's time and attributes. Never 0, so that an event
/// without one is seen.
/// </summary>
internal static class CommandFingerprint
{
    /// <summary>The fingerprint of a command.</summary>
    public static uint Of(in Command c)
    {
        uint crc;
        unchecked
        {
            crc = BitOperations.Crc32C(0x43475231, (ulong)(byte)c.Kind | ((ulong)c.Options << 8) | ((ulong)c.Channel << 16) | ((ulong)c.Currency.Numeric << 24)
                | ((ulong)c.MerchantCategory << 40));
            crc = BitOperations.Crc32C(crc, (ulong)c.Scenario | ((ulong)(uint)c.LifetimeSeconds << 16));
            crc = BitOperations.Crc32C(crc, (ulong)c.Facility.Id);
            crc = BitOperations.Crc32C(crc, ((ulong)c.Facility.Tenant << 24) | ((ulong)c.Facility.LegalEntity << 8) | (byte)c.Facility.Kind);
            crc = BitOperations.Crc32C(crc, (ulong)c.Amount);
            crc = BitOperations.Crc32C(crc, (ulong)c.AmountMin);
            crc = BitOperations.Crc32C(crc, (ulong)c.Reference);
            if (c.Kind == CommandKind.Adjust) crc = BitOperations.Crc32C(BitOperations.Crc32C(crc, (ulong)c.InterestDelta), (ulong)c.FeesDelta);
            if (c.Kind == CommandKind.Reverse) crc = BitOperations.Crc32C(BitOperations.Crc32C(crc, c.Original.High), c.Original.Low);
        }
        if (c.Control is not null) crc = OfControl(crc, c.Control);
        return crc == 0 ? 1 : crc;
    }

    private static uint OfControl(uint crc, ControlCommand control)
    {
        if (control is DefinePool define)
        {
            foreach (var value in define.Terms.Span) crc = BitOperations.Crc32C(crc, value);
            return crc;
        }
        if (control is ActivateFeatures activation)
        {
            foreach (var value in activation.Catalogue) crc = BitOperations.Crc32C(crc, value);
            return crc;
        }
        Span<byte> bytes = control.LengthMax() is var most and > 512 ? new byte[most] : stackalloc byte[512];
        var writer = new EventWriter(bytes);
        // The hash of a product stands for its bytes.
        ControlCodec.Write(ref writer, control switch
        {
            LoanOffer offer => offer with { Product = null },
            LoanTakeover takeover => takeover with { Offer = takeover.Offer with { Product = null } },
            _ => control,
        });
        foreach (var value in bytes[..writer.Length]) crc = BitOperations.Crc32C(crc, value);
        return crc;
    }
}
