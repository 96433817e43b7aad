using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;

namespace CreditGrains.Domain.Tests.Commands;

/// <summary>What is refused of control commands before any state is looked at.</summary>
public sealed class ControlValidationTests
{
    private const long Most = Command.AmountMax;
    private static readonly NodeKey Facility = Samples.Facility, Borrower = Samples.Borrower, Group = Samples.Group, Pool = Samples.Pool;
    private static readonly NodeKey OtherTenant = new(1, 2, 1, NodeKind.Portfolio);
    private static readonly OpenNode Node = (OpenNode)Samples.Control(CommandKind.OpenNode);
    private static readonly OpenFacility Line = (OpenFacility)Samples.Control(CommandKind.OpenFacility);
    private static readonly SetFxRate Rate = (SetFxRate)Samples.Control(CommandKind.SetFxRate);
    private static readonly SetSubLimit Sub = (SetSubLimit)Samples.Control(CommandKind.SetSubLimit);

    public static TheoryData<ControlCommand, Reason> Rules => new()
    {
        { Node with { Key = Facility }, Reason.InvalidKey },
        { Node with { Key = default }, Reason.InvalidKey },
        { Node with { Currency = Currency.None }, Reason.InvalidCurrency },
        { Node with { Currency = new Currency(999) }, Reason.InvalidCurrency },
        { Node with { Limit = 0 }, Reason.None },
        { Node with { Limit = -1 }, Reason.InvalidAmount },
        { Node with { Limit = Most }, Reason.None },
        { Node with { Limit = Most + 1 }, Reason.InvalidAmount },
        { Node with { Basis = new ExposureBasis((ExposureMeasure)4, false, 0) }, Reason.InvalidField },
        { Node with { Basis = new ExposureBasis(ExposureMeasure.DrawnAndHeld, false, 1) }, Reason.InvalidField },
        { Node with { Basis = new ExposureBasis(ExposureMeasure.DrawnPlusUndrawnFactor, false, 1_000_001) }, Reason.InvalidField },
        { Node with { Basis = new ExposureBasis(ExposureMeasure.DrawnPlusUndrawnFactor, true, 1_000_000) }, Reason.None },
        { Node with { Parents = null! }, Reason.InvalidField },
        { Node with { Parents = [] }, Reason.None },
        { Node with { Parents = Many(8) }, Reason.None },
        { Node with { Parents = Many(9) }, Reason.InvalidField },
        { Node with { Parents = [new ParentShare(Facility)] }, Reason.InvalidKey },
        { Node with { Parents = [new ParentShare(OtherTenant)] }, Reason.InvalidKey },
        { Node with { Parents = [new ParentShare(Borrower)] }, Reason.InvalidKey }, // itself
        { Node with { Parents = [new ParentShare(Group, 0)] }, Reason.InvalidField },
        { Node with { Parents = [new ParentShare(Group, 1)] }, Reason.None },
        { Node with { Parents = [new ParentShare(Group, 1_000_001)] }, Reason.InvalidField },
        { Node with { Parents = [new ParentShare(Group), new ParentShare(Group, 5)] }, Reason.InvalidField }, // twice

        { Line with { Key = Borrower }, Reason.InvalidKey },
        { Line with { Currency = Currency.None }, Reason.InvalidCurrency },
        { Line with { Limit = -1 }, Reason.InvalidAmount },
        { Line with { Limit = Most + 1 }, Reason.InvalidAmount },
        { Line with { Basis = new ExposureBasis(ExposureMeasure.Committed, false, 1) }, Reason.InvalidField },
        { Line with { OpeningPrincipal = -1 }, Reason.InvalidAmount },
        { Line with { OpeningPrincipal = Most }, Reason.None },
        { Line with { OpeningPrincipal = Most + 1 }, Reason.InvalidAmount },
        { Line with { Parents = [] }, Reason.InvalidField }, // a facility has one at least
        { Line with { Parents = Many(9) }, Reason.InvalidField },
        { Line with { Parents = [new ParentShare(OtherTenant)] }, Reason.InvalidKey },

        { new LinkNode(default, new ParentShare(Group)), Reason.InvalidKey },
        { new LinkNode(Borrower, new ParentShare(Borrower)), Reason.InvalidKey },
        { new LinkNode(Borrower, new ParentShare(Facility)), Reason.InvalidKey },
        { new LinkNode(Borrower, new ParentShare(OtherTenant)), Reason.InvalidKey },
        { new LinkNode(Borrower, new ParentShare(Group, 0)), Reason.InvalidField },
        { new LinkNode(Borrower, new ParentShare(Group, 1_000_001)), Reason.InvalidField },
        { new UnlinkNode(default, Group), Reason.InvalidKey },
        { new UnlinkNode(Facility, default), Reason.InvalidKey },
        { new UnlinkNode(Facility, OtherTenant), Reason.InvalidKey },
        { new MoveFacility(default, Borrower, new ParentShare(Group)), Reason.InvalidKey },
        { new MoveFacility(Borrower, Pool, new ParentShare(Group)), Reason.None }, // a node moves too
        { new MoveFacility(Facility, Facility, new ParentShare(Group)), Reason.InvalidKey },
        { new MoveFacility(Facility, Borrower, new ParentShare(OtherTenant)), Reason.InvalidKey },
        { new MoveFacility(Facility, Borrower, new ParentShare(Group, 0)), Reason.InvalidField },
        { new TransferToPool(Borrower, Pool), Reason.InvalidKey },
        { new TransferToPool(Facility, default), Reason.None }, // only out of its pool
        { new TransferToPool(Facility, Group), Reason.InvalidKey },
        { new TransferToPool(Facility, Pool with { Tenant = 2 }), Reason.InvalidKey },
        { new TransferToPool(Facility, Pool with { Id = 0 }), Reason.InvalidKey },

        { new SetLimit(default, 1), Reason.InvalidKey },
        { new SetLimit(Facility, -1), Reason.InvalidAmount },
        { new SetLimit(Facility, Most + 1), Reason.InvalidAmount },
        { new SetLimit(Facility, 0, 5, 6), Reason.None },
        { new SetLimit(Facility, 0, 5, 5), Reason.InvalidField },
        { new SetLimit(Facility, 0, 6, 5), Reason.InvalidField },
        { new SetLimit(Facility, 0, -1), Reason.InvalidField },
        { new SetLimit(Facility, 0, 0, -1), Reason.InvalidField },
        { Sub with { Key = Borrower }, Reason.InvalidKey },
        { Sub with { Channel = Channel.Internal + 1 }, Reason.InvalidField },
        { Sub with { CategoryFrom = 2, CategoryTo = 1 }, Reason.InvalidField },
        { Sub with { CategoryFrom = 1, CategoryTo = 1 }, Reason.None },
        { Sub with { CategoryTo = 10_000 }, Reason.InvalidField },
        { Sub with { Limit = -1 }, Reason.None }, // removes
        { Sub with { Limit = -2 }, Reason.InvalidAmount },
        { Sub with { Limit = Most + 1 }, Reason.InvalidAmount },
        { new SetVelocityLimit(default, 60, 1, 1), Reason.InvalidKey },
        { new SetVelocityLimit(Facility, 0, 1, 1), Reason.InvalidField },
        { new SetVelocityLimit(Facility, 1, -1, -1), Reason.None }, // removes
        { new SetVelocityLimit(Facility, 366 * 86_400, 1, 1), Reason.None },
        { new SetVelocityLimit(Facility, 366 * 86_400 + 1, 1, 1), Reason.InvalidField },
        { new SetVelocityLimit(Facility, 60, -2, 1), Reason.InvalidAmount },
        { new SetVelocityLimit(Facility, 60, Most + 1, 1), Reason.InvalidAmount },
        { new SetVelocityLimit(Facility, 60, 1, -2), Reason.InvalidField },
        { new SetReviewThreshold(default, 1), Reason.InvalidKey },
        { new SetReviewThreshold(Facility, -1), Reason.None }, // removes
        { new SetReviewThreshold(Facility, -2), Reason.InvalidAmount },
        { new SetReviewThreshold(Facility, Most + 1), Reason.InvalidAmount },
        { new Freeze(default), Reason.InvalidKey },
        { new Unfreeze(default), Reason.InvalidKey },
        { new Close(default), Reason.InvalidKey },

        { Rate with { Key = Facility }, Reason.InvalidKey },
        { Rate with { Key = new NodeKey(0, 0, 1, NodeKind.None) }, Reason.InvalidKey },
        { Rate with { Key = new NodeKey(0, 1, 0, NodeKind.None) }, Reason.InvalidKey },
        { Rate with { From = Currency.None }, Reason.InvalidCurrency },
        { Rate with { To = new Currency(999) }, Reason.InvalidCurrency },
        { Rate with { To = Samples.Eur }, Reason.InvalidField }, // to itself
        { Rate with { RateNano = 0 }, Reason.InvalidField },
        { Rate with { RateNano = 1 }, Reason.None },
        { Rate with { RateNano = 1_000_000_000_000_000_000 }, Reason.None },
        { Rate with { RateNano = 1_000_000_000_000_000_001 }, Reason.InvalidField },
        { Rate with { ValidUntilMicros = 0 }, Reason.InvalidField },
        { new AdvanceBusinessDate(Facility, 1), Reason.InvalidKey },
        { new PutContent(Facility, ContentHash.Of([1]), 1, 0, [1]), Reason.InvalidKey },
        { new PutContent(Samples.Scope, default, 1, 0, [1]), Reason.InvalidField },
        { new PutContent(Samples.Scope, ContentHash.Of([1]), 1, 1, [1]), Reason.InvalidField }, // behind the end
        { new PutContent(Samples.Scope, ContentHash.Of([1]), 3, 2, [1, 2]), Reason.InvalidField },
        { new PutContent(Samples.Scope, ContentHash.Of([1]), 3, -1, [1, 2]), Reason.InvalidField },
        { new PutContent(Samples.Scope, ContentHash.Of([1]), 0, 0, []), Reason.InvalidField },
        { new PutContent(Samples.Scope, ContentHash.Of([1]), PutContent.LengthMax + 1, 0, [1]), Reason.InvalidField },
        { new PutContent(Samples.Scope, ContentHash.Of([1]), PutContent.LengthMax, 0, new byte[PutContent.PartMax]), Reason.None },
        { new PutContent(Samples.Scope, ContentHash.Of([1]), PutContent.LengthMax, 0, new byte[PutContent.PartMax + 1]), Reason.InvalidField },
        { new RegisterModel(Samples.Scope, "", 1, ContentHash.Of([1]), default, ""), Reason.InvalidField },
        { new RegisterModel(Samples.Scope, "a b", 1, ContentHash.Of([1]), default, ""), Reason.InvalidField },
        { new RegisterModel(Samples.Scope, new string('a', 65), 1, ContentHash.Of([1]), default, ""), Reason.InvalidField },
        { new RegisterModel(Samples.Scope, "a", 0, ContentHash.Of([1]), default, ""), Reason.InvalidField },
        { new RegisterModel(Samples.Scope, "a", 1, ContentHash.Of([1]), default, new string('界', 10_923)), Reason.InvalidField }, // 32,769 bytes
        { new RegisterPolicy(Samples.Scope, "a", 1, ContentHash.Of([1]), ""), Reason.InvalidField },
        { new ActivateModel(Samples.Borrower, "a", 1, VersionRole.Acting, 0, 0, "ann", "bob"), Reason.None },
        { new ActivateModel(Facility, "a", 1, VersionRole.Acting, 0, 0, "ann", "bob"), Reason.InvalidKey },
        { new ActivateModel(Samples.Scope, "a", 1, VersionRole.Acting, 0, 0, "ann", "ann"), Reason.InvalidField },
        { new ActivateModel(Samples.Scope, "a", 1, VersionRole.Shadow, 0, 0, "ann", ""), Reason.None },
        { new ActivateModel(Samples.Scope, "a", 1, VersionRole.Shadow, 0, 0, "ann", "ann"), Reason.InvalidField },
        { new ActivateModel(Samples.Scope, "a", 1, VersionRole.Retired, 0, 0, "ann", ""), Reason.InvalidField },
        { new ActivateModel(Samples.Scope, "a", 1, VersionRole.Challenger, 0, 0, "ann", "bob"), Reason.InvalidField },
        { new ActivateModel(Samples.Scope, "a", 1, VersionRole.Acting, 5, 0, "ann", "bob"), Reason.InvalidField },
        { new ActivateModel(Samples.Scope, "a", 1, (VersionRole)9, 0, 0, "ann", "bob"), Reason.InvalidField },
        { new ActivatePolicy(Samples.Scope, "a", 1, VersionRole.Challenger, 0, "ann", "bob"), Reason.InvalidField },
        { new ActivatePolicy(Samples.Scope, "a", 1, VersionRole.Acting, -1, "ann", "bob"), Reason.InvalidField },
        { new ActivateFeatures(Facility, []), Reason.InvalidKey },
        { new ActivateFeatures(Samples.Scope, []), Reason.None }, // ends features
        { new ActivateFeatures(Samples.Scope, new byte[60_000]), Reason.None }, // what it holds is the engine's to judge
        { new ActivateFeatures(Samples.Scope, new byte[60_001]), Reason.InvalidField },
        { new AdvanceBusinessDate(Samples.Scope, 0), Reason.InvalidField },
        { new AdvanceBusinessDate(Samples.Scope, 999_999), Reason.None },
        { new AdvanceBusinessDate(Samples.Scope, 1_000_000), Reason.InvalidField },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void Control_WithOneFieldChanged_IsTakenWithinAndRefusedBeyond(ControlCommand control, Reason expected)
    {
        var (reason, message) = CommandValidation.Check(Command.Of(Samples.Id, control));
        Assert.Equal(expected, reason);
        Assert.Equal(expected == Reason.None, string.IsNullOrEmpty(message));
    }

    [Fact]
    public void Command_OfEveryKindWithSoundFields_IsTaken() =>
        Assert.All(Samples.Kinds, kind => Assert.Equal((Reason.None, null), CommandValidation.Check(Samples.Any(kind))));

    [Fact]
    public void Control_ThatDoesNotMatchItsCommand_IsRefused()
    {
        var sound = Command.Of(Samples.Id, new Freeze(Facility));
        Assert.Equal(Reason.InvalidField, CommandValidation.Check(sound with { Control = null }).Reason);
        Assert.Equal(Reason.InvalidField, CommandValidation.Check(sound with { Kind = CommandKind.Unfreeze }).Reason);
        Assert.Equal(Reason.InvalidField, CommandValidation.Check(sound with { Facility = Borrower }).Reason);
    }

    private static ParentShare[] Many(int count) =>
        [.. Enumerable.Range(1, count).Select(i => new ParentShare(new NodeKey(i, 1, 1, NodeKind.Product)))];
}
