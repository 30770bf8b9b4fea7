using Hearth.Engine.Models;
using Hearth.Engine.Sessions;

namespace Hearth.Cli.Rendering;

/// <summary>What a user should know of a model that is not in memory as a whole.</summary>
internal static class MemoryNote
{
    /// <summary>One sentence about a loaded model; null where all of it is in memory.</summary>
    public static string? Of(HearthModel model)
    {
        string name = Path.GetFileName(model.Name);
        var plan = model.MemoryPlan;
        if (model.Experts is { } experts && experts.Slots < experts.Experts)
        {
            return $"{name} has {Units.Bytes(plan.WeightBytes)} of weights, and {Units.Bytes(plan.AvailableBytes)} of memory are available: "
                + $"{experts.Slots} of its {Units.Of(experts.Experts, "expert")} ({Units.Bytes(experts.Bytes)}) are in memory at a time, "
                + "and the others are read from the file at the speed of the disk.";
        }

        return plan is { AreMapped: true, Fits: false }
            ? $"{name} has {Units.Bytes(plan.WeightBytes)} of weights, and {Units.Bytes(plan.AvailableBytes)} of memory are available: "
                + $"what does not fit is read from {name}{PanelFile.Extension} again and again, at the speed of the disk."
            : null;
    }

    /// <summary>What follows the available memory in a list of a model's facts; empty where all of the model would be in memory.</summary>
    public static string Of(MemoryPlan plan) => plan switch
    {
        { AreMapped: true, ExpertLimit: null } => $": the matrices are mapped from {PanelFile.Extension}",
        { ExpertLimit: { } limit } when limit < plan.ExpertBytes =>
            $": {Units.Bytes(limit)} of {Units.Bytes(plan.ExpertBytes)} of experts in memory at a time, the others read from the file when needed",
        { Fits: false } => ": too little",
        _ => "",
    };
}
