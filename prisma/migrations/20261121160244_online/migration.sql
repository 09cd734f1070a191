-- AlterTable
ALTER TABLE "FeatureView" ADD COLUMN     "onDemand" JSONB,
ADD COLUMN     "requestData" JSONB;

-- AlterTable
ALTER TABLE "Materialization" ADD COLUMN     "byteCount" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "columns" JSONB NOT NULL DEFAULT '[]';

-- CreateTable
CREATE TABLE "ParityCheck" (
    "id" TEXT NOT NULL,
    "groupId" TEXT NOT NULL,
    "watermarkSequence" INTEGER NOT NULL,
    "report" JSONB NOT NULL,
    "runId" TEXT,
    "createdBy" TEXT NOT NULL,
    "checkedAt" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "ParityCheck_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ServedFeature" (
    "projectId" TEXT NOT NULL,
    "reference" TEXT NOT NULL,
    "callerKind" TEXT NOT NULL,
    "callerId" TEXT NOT NULL,
    "callerName" TEXT NOT NULL,
    "day" TEXT NOT NULL,
    "requests" BIGINT NOT NULL DEFAULT 0,
    "values" BIGINT NOT NULL DEFAULT 0,
    "present" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "ServedFeature_pkey" PRIMARY KEY ("projectId","reference","callerId","day")
);

-- CreateTable
CREATE TABLE "ServedSample" (
    "id" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "groupId" TEXT NOT NULL,
    "key" JSONB NOT NULL,
    "values" JSONB NOT NULL,
    "eventTime" TEXT,
    "callerId" TEXT NOT NULL,
    "servedAt" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "ServedSample_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ServingProcess" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "address" TEXT,
    "startedAt" TIMESTAMPTZ(6) NOT NULL,
    "seenAt" TIMESTAMPTZ(6) NOT NULL,
    "figures" JSONB NOT NULL,

    CONSTRAINT "ServingProcess_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "ParityCheck_groupId_checkedAt_idx" ON "ParityCheck"("groupId", "checkedAt");

-- CreateIndex
CREATE INDEX "ServedFeature_projectId_day_idx" ON "ServedFeature"("projectId", "day");

-- CreateIndex
CREATE INDEX "ServedSample_projectId_servedAt_idx" ON "ServedSample"("projectId", "servedAt");

-- CreateIndex
CREATE INDEX "ServedSample_groupId_servedAt_idx" ON "ServedSample"("groupId", "servedAt");

-- AddForeignKey
ALTER TABLE "ParityCheck" ADD CONSTRAINT "ParityCheck_groupId_fkey" FOREIGN KEY ("groupId") REFERENCES "FeatureGroup"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ServedFeature" ADD CONSTRAINT "ServedFeature_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ServedSample" ADD CONSTRAINT "ServedSample_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- By hand:
-- Online rows have another form now: groups are materialized anew.
DELETE FROM "Materialization";
UPDATE "Project" SET "revision" = "revision" + 1;
