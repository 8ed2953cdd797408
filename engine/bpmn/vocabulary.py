"""The elements of BPMN that are drawn inside a process: which run, which are pictures, which are refused and why."""

ACTIVITIES = frozenset(
    {
        "task",
        "manualTask",
        "userTask",
        "scriptTask",
        "businessRuleTask",
        "serviceTask",
        "sendTask",
        "receiveTask",
        "subProcess",
        "transaction",
        "callActivity",
    }
)
GATEWAYS = frozenset({"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"})
EVENTS = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"})
# Pictures and words; they promise no behaviour.
SILENT = frozenset(
    {
        "association",
        "auditing",
        "categoryValueRef",
        "dataInputAssociation",
        "dataObject",
        "dataObjectReference",
        "dataOutputAssociation",
        "dataStoreReference",
        "documentation",
        "extensionElements",
        "group",
        "humanPerformer",
        "incoming",
        "ioSpecification",
        "laneSet",
        "monitoring",
        "multiInstanceLoopCharacteristics",
        "outgoing",
        "performer",
        "potentialOwner",
        "property",
        "resourceRole",
        "standardLoopCharacteristics",
        "textAnnotation",
    }
)
# The reason, and what to draw instead.
REFUSED = {
    "complexGateway": (
        "复杂网关没有统一的含义。 A complex gateway has no agreed meaning.",
        "改用包容网关，或先用脚本任务算出条件。 Use an inclusive gateway, or compute the condition in a script task.",
    ),
    "adHocSubProcess": (
        "不支持即席子流程。 Ad-hoc sub-processes do not run here.",
        "用并行网关列出各项任务，或循环选择。 Draw the tasks behind a parallel gateway, or a loop that chooses.",
    ),
    "choreographyTask": (
        "不支持编排图。 Choreographies do not run here.",
        "画成一个池内的流程。 Draw the process of one participant.",
    ),
}
